/*
  Copyright (c) 2017-2021 M.I. Holland

  Permission is hereby granted, free of charge, to any person obtaining a copy
  of this software and associated documentation files (the "Software"), to
  deal in the Software without restriction
*/
