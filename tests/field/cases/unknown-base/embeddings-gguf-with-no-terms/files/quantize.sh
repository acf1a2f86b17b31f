#!/bin/bash
llama-quantize in.gguf out.gguf Q4_K_M
