# Better Flow Matching UniPC by Lev Zeng
# (c) 2025
# CC BY-SA 4.0
# Attribution-ShareAlike 4.0 International Licence


import torch
