# AGPL: a notification must be added stating that changes have been made to that file.
import functools


print(functools)
