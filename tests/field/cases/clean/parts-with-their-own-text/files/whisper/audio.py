import os

RATE = 16000
print(os.name)
