# shellcheck shell=bash
version=1.29.0
# With RECOMMENDER_ONNX_CUDA=1 it is another package: 230 MB for CUDA go into it as well.
revision=1
[[ ${RECOMMENDER_ONNX_CUDA-} != 1 ]] || revision=1-cuda
tools=()
duration="under a minute, 260 MB to fetch"
