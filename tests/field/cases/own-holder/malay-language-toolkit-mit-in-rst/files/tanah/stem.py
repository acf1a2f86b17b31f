# Copyright (C) 2019 Tanah Project
# Licensed under the MIT License
# URL: <https://tanah.example/>
# For license information, see https://github.com/hasan5/Tanah/blob/master/LICENSE

X = 1
