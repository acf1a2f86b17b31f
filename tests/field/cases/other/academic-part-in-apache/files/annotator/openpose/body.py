import math

JOINTS = 18
print(math.pi)
