import itertools

my_dict = {"A": [[[7, 8, 9], "GPL"], [[1, 2, 3], "WC"]]}
# {"5TTA": {"A": [[[52, 53, 54], "GPL"], [[40, 50], "AGPL"]]}}
list(itertools.chain(my_dict))
