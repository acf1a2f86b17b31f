#ifndef _avx_mathfun_h
#define _avx_mathfun_h

/*
   AVX implementation of sin, cos, sincos, exp and log

   Copyright (C) 2012 Gian Garboli
   Interdisciplinary Laboratory for Computational Science (LISC)

  This software is provided 'as-is', without any express or implied
  warranty.  In no event will the authors be held liable for any damages
  arising from the use of this software.

  (this is the zlib license)
*/

#endif
