# Copyright 2020 Tomo Hayashida
#  MIT License (https://opensource.org/licenses/MIT)
# adapted by Florian Luchs 2021

X = 1
