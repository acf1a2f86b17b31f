"""
Copyright 2023 Sambar Systems, Inc.

Licensed under the Blossomchat License, Version 1.0 (the "License"); you may not use this file except in compliance with the License.
You may obtain a copy of the License at:

https://github.com/sambar/blossomchat/blob/main/LICENSE
"""

X = 1
