"""One row of a GGUF model in llama.cpp: tokens a second of a prompt and of its continuation.

    python gguf_speed.py write FOLDER              # random models of one shape in several formats
    python gguf_speed.py run FILE --threads 1,2    # JSON lines, as `LeewayBench speed` prints them
"""

import argparse
import ctypes
import json
import os
import time

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

# 16 blocks of a Llama of width 1024: 205 million weights and an embedding of 32000 tokens.
LAYERS, WIDTH, HEADS, KV, MLP, VOCABULARY, CONTEXT = 16, 1024, 16, 4, 2816, 32000, 1024
FORMATS = [Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_K, Type.Q6_K]


def matrix(random, kind, rows, columns):
    if kind in (Type.Q4_K, Type.Q6_K):  # the library does not quantise these: random blocks
        numbers, size = gguf.GGML_QUANT_SIZES[kind]
        count = rows * columns // numbers
        raw = random.integers(0, 256, (count, size), dtype=np.uint8)
        for at in [208] if kind == Type.Q6_K else [0, 2]:
            scales = random.normal(0, 2e-5, count).astype(np.float16)
            raw[:, at:at + 2] = scales.view(np.uint8).reshape(count, 2)
        return raw.reshape(rows, -1)
    values = random.standard_normal((rows, columns), dtype=np.float32) * 0.03
    return values if kind in (Type.F32,) else gguf.quantize(values, kind)


def write(folder):
    os.makedirs(folder, exist_ok=True)
    for kind in FORMATS:
        path = os.path.join(folder, f"{kind.name}.gguf")
        if os.path.exists(path):
            continue
        random = np.random.default_rng(1)
        writer = gguf.GGUFWriter(path + ".part", "llama")
        writer.add_context_length(CONTEXT)
        writer.add_embedding_length(WIDTH)
        writer.add_block_count(LAYERS)
        writer.add_feed_forward_length(MLP)
        writer.add_head_count(HEADS)
        writer.add_head_count_kv(KV)
        writer.add_layer_norm_rms_eps(1e-5)
        writer.add_rope_dimension_count(WIDTH // HEADS)
        writer.add_vocab_size(VOCABULARY)
        writer.add_tokenizer_model("no_vocab")

        def add(name, rows, columns):
            writer.add_tensor(name, matrix(random, kind, rows, columns), raw_dtype=kind)

        ones = np.ones(WIDTH, np.float32)
        add("token_embd.weight", VOCABULARY, WIDTH)
        writer.add_tensor("output_norm.weight", ones)
        for block in range(LAYERS):
            prefix = f"blk.{block}."
            writer.add_tensor(prefix + "attn_norm.weight", ones)
            writer.add_tensor(prefix + "ffn_norm.weight", ones)
            width = WIDTH // HEADS * KV
            for name, rows in [("attn_q", WIDTH), ("attn_k", width), ("attn_v", width),
                               ("attn_output", WIDTH), ("ffn_gate", MLP), ("ffn_up", MLP)]:
                add(f"{prefix}{name}.weight", rows, WIDTH)
            add(prefix + "ffn_down.weight", WIDTH, MLP)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        os.replace(path + ".part", path)


def run(path, threads, prompt, tokens, runs):
    import llama_cpp.llama_cpp as C

    quiet = C.llama_log_callback(lambda level, text, data: None)
    C.llama_log_set(quiet, ctypes.c_void_p(0))
    C.llama_backend_init()
    model = C.llama_model_load_from_file(path.encode(), C.llama_model_default_params())
    if not model:
        raise SystemExit(f"llama.cpp does not open {path}")
    ids = np.random.default_rng(2).integers(0, VOCABULARY, prompt)
    for count in threads:
        options = C.llama_context_default_params()
        options.n_ctx = CONTEXT
        options.n_batch = options.n_ubatch = 512
        options.n_threads = options.n_threads_batch = count
        context = C.llama_init_from_model(model, options)

        def decode(rows):
            batch = C.llama_batch_init(len(rows), 0, 1)
            for i, (token, position) in enumerate(rows):
                batch.token[i], batch.pos[i], batch.n_seq_id[i] = int(token), position, 1
                batch.seq_id[i][0], batch.logits[i] = 0, i == len(rows) - 1
            batch.n_tokens = len(rows)
            assert C.llama_decode(context, batch) == 0
            C.llama_batch_free(batch)
            C.llama_synchronize(context)

        best = [0.0] * 4
        for _ in range(runs):
            C.llama_memory_clear(C.llama_get_memory(context), True)
            clocks = [(time.perf_counter(), time.process_time())]
            decode([(token, i) for i, token in enumerate(ids)])
            clocks.append((time.perf_counter(), time.process_time()))
            for step in range(tokens - 1):
                decode([(7, prompt + step)])
            clocks.append((time.perf_counter(), time.process_time()))
            for kind in range(2):
                start, read, done = (clock[kind] for clock in clocks)
                best[2 * kind] = max(best[2 * kind], prompt / (read - start))
                best[2 * kind + 1] = max(best[2 * kind + 1], (tokens - 1) / (done - read))
        print(json.dumps({
            "who": "llama.cpp", "weights": os.path.basename(path).removesuffix(".gguf"),
            "threads": count, "prompt_tokens_per_second": best[0], "tokens_per_second": best[1],
            "prompt_tokens_per_cpu_second": best[2], "tokens_per_cpu_second": best[3],
        }), flush=True)
        C.llama_free(context)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["write", "run"])
    parser.add_argument("path")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.what == "write":
        write(arguments.path)
    else:
        run(arguments.path, [int(x) for x in arguments.threads.split(",")], arguments.prompt,
            arguments.tokens, arguments.runs)


if __name__ == "__main__":
    main()
