# MIT License
#
# Copyright (c) 2021 Katharina Kronsohn
#
# Permission is hereby granted, free of charge, to any person obtaining a copy
# of this software and associated documentation files (the "Software"), to deal
# in the Software without restriction.

X = 1
