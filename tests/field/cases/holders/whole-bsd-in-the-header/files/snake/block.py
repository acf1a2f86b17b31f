# Copyright (c) 2024, Tomas Ridley, Albin Gustafson.


class Block:
    pass
