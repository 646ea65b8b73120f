/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plaint - everything a person types at an abuse desk. */
#include <locale.h>

#include "cli/plaint.h"

int
main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, "");
    return plaint_main(argc, argv);
}
