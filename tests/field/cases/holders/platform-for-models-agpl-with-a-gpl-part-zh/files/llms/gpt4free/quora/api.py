# This file was taken from the repository poe-api and is unmodified
# This file is licensed under the GNU GPL v3 and written by @adding2210

# Copyright (C) 2023 adding2210

# This program is free software: you can redistribute it and/or modify
# it under the terms of the GNU General Public License as published by
# the Free Software Foundation, either version 3 of the License, or
# (at your option) any later version.
X = 1
