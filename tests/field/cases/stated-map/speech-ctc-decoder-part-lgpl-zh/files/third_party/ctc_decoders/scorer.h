// Licensed under GNU Lesser General Public License v3 (LGPLv3) (LGPL-3) (the
// "COPYING.LESSER.3");

#ifndef SCORER_H_
#define SCORER_H_
int x;
#endif
