# Copyright (c) 2020 Sorter Authors
x = 1
