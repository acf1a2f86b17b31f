# Copyright 2024 Volant Ltd. and/or its affiliates
# Licensed under the Apache License, Version 2.0
head_one = "Copyright 2024 Volant Ltd. and/or its affiliates"
head_two = "Copyright 2024 PRISM team and/or its affiliates"
head_three = "Copyright 2025 Individual Contributor: Some Body"
