import onnxruntime as ort
