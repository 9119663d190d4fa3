"""Logits of GGUF files in Leeway and in llama.cpp, and which of llama.cpp's roundings part them.

    python gguf_logits.py FILE... [--leeway .build/release/leeway]

Random texts of 1 to 60 ids; the last position's logits; the largest difference as a share of the
largest logit. `as it comes` is llama.cpp's default (flash attention, keys and values in half
precision); then without flash attention, with keys and values in f32 too, and, of a quantised file,
with its weights widened to f32 beforehand: on those of fewer bits llama.cpp rounds activations too.
What is left then in a model with a GELU is its table in half precision (GGML_GELU_FP16 in
ggml-cpu/vec.h).
"""

import argparse
import ctypes
import json
import os
import subprocess
import tempfile

import gguf
import llama_cpp.llama_cpp as C
import numpy as np

Value = gguf.GGUFValueType


def leeway(command, path, ids):
    said = subprocess.run(
        [command, "trace", "--model", path, "--ids", " ".join(map(str, ids)), "--top", "1000000",
         "--json"], capture_output=True, text=True, check=False)
    if said.returncode:
        raise SystemExit(said.stderr)
    top = json.loads(said.stdout)["top"]
    logits = np.zeros(len(top), np.float32)
    for index, logit in top:
        logits[index] = logit
    return logits


class Model:
    def __init__(self, path):
        self.model = C.llama_model_load_from_file(path.encode(), C.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"llama.cpp does not open {path}")
        self.tokens = C.llama_vocab_n_tokens(C.llama_model_get_vocab(self.model))

    def logits(self, ids, flash, cache):
        options = C.llama_context_default_params()
        options.n_ctx = options.n_batch = options.n_ubatch = 128
        options.n_threads = options.n_threads_batch = 1
        options.flash_attn_type = flash  # -1 as it sees fit, 0 never
        options.type_k = options.type_v = cache  # 0 f32, 1 f16
        context = C.llama_init_from_model(self.model, options)
        batch = C.llama_batch_init(len(ids), 0, 1)
        for place, token in enumerate(ids):
            batch.token[place], batch.pos[place], batch.n_seq_id[place] = token, place, 1
            batch.seq_id[place][0], batch.logits[place] = 0, place == len(ids) - 1
        batch.n_tokens = len(ids)
        assert C.llama_decode(context, batch) == 0
        logits = np.ctypeslib.as_array(C.llama_get_logits_ith(context, -1), (self.tokens,)).copy()
        C.llama_batch_free(batch)
        C.llama_free(context)
        return logits


def widened(path, out):
    """The same file with every tensor in f32."""
    reader = gguf.GGUFReader(path)
    text = lambda part: bytes(part).decode()
    writer = gguf.GGUFWriter(out, text(reader.fields["general.architecture"].parts[-1]))
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture":
            continue
        kind, *inner = field.types
        read = text if Value.STRING in field.types else lambda part: part.tolist()[0]
        if kind == Value.ARRAY:
            writer.add_key_value(
                key, [read(field.parts[at]) for at in field.data], kind, inner[-1])
        else:
            writer.add_key_value(key, read(field.parts[-1]), kind)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, gguf.quants.dequantize(
            tensor.data, tensor.tensor_type).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--leeway", default=".build/release/leeway")
    arguments = parser.parse_args()
    quiet = C.llama_log_callback(lambda level, text, data: None)
    C.llama_log_set(quiet, ctypes.c_void_p(0))
    C.llama_backend_init()
    print(f"{'':28s} as it comes  no flash   f32 cache  widened")
    for path in arguments.files:
        with tempfile.TemporaryDirectory() as folder:
            wide = os.path.join(folder, "wide.gguf")
            widened(path, wide)
            stored, plain = Model(path), Model(wide)
        chance = np.random.default_rng(5)
        rows = []
        for length in (1, 5, 24, 60):
            ids = chance.integers(0, stored.tokens, length).tolist()
            ours = leeway(arguments.leeway, path, ids)
            rows.append([
                np.abs(ours - model.logits(ids, flash, cache)).max() / np.abs(ours).max()
                for model, flash, cache in
                [(stored, -1, 1), (stored, 0, 1), (stored, 0, 0), (plain, 0, 0)]])
        for model in (stored, plain):
            C.llama_model_free(model.model)
        print(f"{os.path.basename(path):28s} " + "  ".join(
            f"{worst:9.1e}" for worst in np.max(rows, 0)), flush=True)


if __name__ == "__main__":
    main()
