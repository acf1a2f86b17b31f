// Copyright 2017 Global Phasing Ltd.
