# (c) a city || Apache-2.0 (apache.org/licenses/LICENSE-2.0)
import os

print(os.name)
