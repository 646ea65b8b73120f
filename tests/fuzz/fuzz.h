/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - what a fuzz target is: built with libFuzzer by `make fuzz`, and with replay.c, which
 * feeds it tests/fuzz/corpus/NAME/, by `make check`. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
