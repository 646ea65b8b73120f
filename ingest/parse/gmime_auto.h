/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gmime_auto.h - g_autoptr for the GMime objects we own (GMime 3.2 declares none). */
#pragma once

#include <gmime/gmime.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)
