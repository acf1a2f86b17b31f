# emacs: at the end of the file
"""

Stub file for a guaranteed safe import of duecredit constructs:  if duecredit
is not available.

Origin:     Originally a part of the duecredit
Copyright:  2015-2019  DueCredit developers
License:    BSD-2
"""

X = 1
