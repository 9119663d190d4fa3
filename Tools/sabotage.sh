#!/usr/bin/env bash
# Puts deliberate one-line faults into a copy of the package, one at a time, and says which tests
# break. A fault that no test notices is a hole in the tests, and the script fails.
#   Tools/sabotage.sh            every fault (an hour on two cores: each rebuilds what it touched)
#   Tools/sabotage.sh mask rank  those with these names
set -uo pipefail
cd "$(dirname "$0")/.."
copy=${SABOTAGE_FOLDER:-.build/sabotage}
wanted=" $* "
mkdir -p "$copy"
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$copy"
holes=0 tried=0

# NAME FILE OLD NEW FILTER: in FILE the first OLD becomes NEW; a test under FILTER must fail.
fault() {
  local name=$1 file=$2 old=$3 new=$4 filter=$5 text broken log
  [ "$wanted" = "  " ] || [[ $wanted == *" $name "* ]] || return 0
  tried=$((tried + 1))
  text=$(cat "$file"; printf x)
  if [[ $text != *"$old"* ]]; then
    echo "$name: $file no longer reads: $old"
    holes=$((holes + 1))
    return 0
  fi
  broken=${text/"$old"/"$new"}
  printf %s "${broken%x}" >"$copy/$file"
  if log=$(cd "$copy" && swift build -c release --build-tests 2>&1); then
    if log=$(cd "$copy" && swift test -c release --skip-build --filter "$filter" 2>&1); then
      echo "$name: SURVIVED, no test under $filter noticed"
      holes=$((holes + 1))
    else
      echo "$name: caught by $(sed -nE 's/^✘ Test "?([^"(]+)"?(\(.*\))? (recorded|failed).*/\1/p' \
        <<<"$log" | sort -u | head -3 | paste -sd ',' | sed 's/,/, /g')"
    fi
  else
    echo "$name: caught by the compiler"
  fi
  cp "$file" "$copy/$file"
}

S=Sources
fault mask $S/LeewayModel/Transformer/ForwardPass.swift \
  'space.visible.append(position + 1)' 'space.visible.append(max(1, position))' LeewayModelTests
fault rotary-base $S/LeewayModel/Checkpoint/ConfigReader+Rotary.swift \
  'defaultBase = 10_000.0' 'defaultBase = 10_001.0' LeewayModelTests
fault window $S/CLeewayKernels/attention.inc.h \
  'visible[r] - job->window : 0' 'visible[r] - job->window - 1 : 0' LeewayTensorTests
fault window-back $S/CLeewayKernels/attention_backward.inc.h \
  'visible - job->window : 0' 'visible - job->window - 1 : 0' LeewayTrainingTests
fault cap-back $S/CLeewayKernels/attention_backward.inc.h \
  'LW_NAME(cap_back)(p, slope, cap, slope, visible);' '' LeewayTrainingTests
fault norm-offset $S/LeewayModel/Architectures/Gemma.swift \
  '(.geluTanh, 1)' '(.geluTanh, 0)' LeewayTrainingTests
fault halves $S/LeewayModel/Transformer/ForwardPass.swift \
  'config.parallelHalves ?' 'config.parallelHalves && layer > 0 ?' LeewayModelTests
fault post-norm $S/LeewayModel/Transformer/ForwardPass.swift \
  'config.postNorms ? norm(x' 'config.postNorms && recorder == nil ? norm(x' LeewayTrainingTests
fault shares $S/LeewayModel/Transformer/Routes.swift \
  'shares[sumToOne ? place : expert]' 'shares[place]' LeewayModelTests
fault share-slope $S/LeewayTraining/Gradients/BackwardPass+Mixture.swift \
  '(slope[expert] - mean)' 'slope[expert]' LeewayTrainingTests
fault fork $S/LeewayModel/Transformer/Intervention.swift \
  'index >= promptLength - 1' 'index >= promptLength' LeewayModelTests
fault meter $S/LeewayModel/Transformer/Batch.swift \
  'made(Int(shared[row]))' 'made(1)' LeewayModelTests
fault chain $S/CLeewayKernels/linear.inc.h \
  'const ptrdiff_t i = rows * tile / tiles, n = rows * (tile + 1) / tiles - i;' \
  'const ptrdiff_t i = rows * tile / tiles, n = rows * (tile + 1) / tiles - i - (tile > 6);' \
  LeewayTensorTests
fault quantised-bit $S/CLeewayKernels/quantised.inc.h \
  'planes << (4 - at < 0 ? 0 : 4 - at)' 'planes << (5 - at < 0 ? 0 : 5 - at)' LeewayTensorTests
fault quantised-share $S/LeewayBase/QuantisedBlocks.swift \
  '(byte(part) >> 6) << 4' '(byte(part) >> 6) << 3' LeewayBaseTests
fault interleaved-rows $S/LeewayTensor/LinearWeights+Source.swift \
  'head * interleaved + second, 2)' 'head * interleaved + second, 1)' LeewayTensorTests
fault gguf-count $S/LeewayBase/GGUFCursor.swift \
  'guard count <= UInt64(left / each)' 'guard count <= UInt64(left)' LeewayBaseTests
fault vector-place $S/LeewaySteering/VectorFiles/VectorFile+Svec.swift \
  'Site(.residPre, layer: raws[index].site.layer)' \
  'Site(.residPost, layer: raws[index].site.layer)' LeewaySteeringTests
fault strength-zero $S/LeewaySteering/Operators/Clamp.swift \
  'guard strength != 0 else { return }' '' LeewaySteeringTests
fault project $S/LeewaySteering/Operators/ProjectOut.swift \
  'activation[index] -= along' 'activation[index] -= 2 * along' LeewaySteeringTests
fault mean $S/LeewaySteering/Methods/MeanDifference.swift \
  'Float($0 - $1)' 'Float($1 - $0)' LeewaySteeringTests
fault pool-violators $S/LeewayStatistics/Isotonic.swift \
  'sums[last - 1] += sums.removeLast()' 'sums.removeLast()' LeewayStatisticsTests
fault rank $S/LeewayStatistics/WindowAnalysis.swift \
  '$0 >= areas[0]' '$0 > areas[0]' LeewayStatisticsTests
fault bootstrap-prompts $S/LeewayStatistics/Bootstrap.swift \
  'let prompt = stream.below(arm.prompts)' 'let prompt = stream.below(arm.prompts) / 2' \
  LeewayStatisticsTests
fault bootstrap-refits $S/LeewayStatistics/Bootstrap.swift \
  'vectors[stream.below(vectors.count)]' 'vectors[0]' LeewayStatisticsTests
fault censoring $S/LeewayStatistics/WindowAnalysis.swift \
  'censored: censored,' 'censored: false,' LeewayStatisticsTests
fault wilson $S/LeewayStatistics/Wilson.swift \
  'z * z / (4 * n * n)' 'z * z / (2 * n * n)' LeewayStatisticsTests
fault identity $S/LeewayStudy/Running/Condition.swift \
  '"setting": setting?.identity ?? .null, ' '' 'LeewayStudyTests|EndToEndTests'
fault merges $S/LeewayTokenizer/BytePairModel.swift \
  'found[index].rank < rank' 'found[index].rank <= rank' LeewayTokenizerTests
fault equal-scores $S/LeewayTokenizer/PieceTable.swift \
  'if index > 0, table.scores[id] < table.scores[ids[index - 1]] { rank += 1 }' \
  'if index > 0 { rank += 1 }' LeewayTokenizerTests
fault best-way $S/LeewayTokenizer/UnigramModel.swift \
  'score + added > best[end].score' 'score + added >= best[end].score' LeewayTokenizerTests
fault trimmed-block $S/LeewayTemplate/Language/TemplateLexer.swift \
  'source[end] == "\n" ? end + 1 : end' 'source[end] == "\n" ? end : end' LeewayTemplateTests
fault loop-scope $S/LeewayTemplate/Rendering/TemplateRenderer.swift \
  'scope.values[name] = value' '(scope.outer ?? scope).values[name] = value' LeewayTemplateTests
fault begins-twice $S/LeewayStudy/Study+Chat.swift \
  'text.utf8.dropFirst(start.count)' 'text.utf8.dropFirst(0)' LeewayStudyTests
fault lying-header $S/LeewayBase/SafeTensors.swift \
  'begin <= end, end <= dataBytes' 'begin <= end' LeewayBaseTests
fault overlap $S/LeewayBase/SafeTensors.swift \
  'guard entry.begin >= at else' 'guard entry.begin >= 0 else' LeewayBaseTests
fault gradient-of-norm $S/CLeewayKernels/backward.inc.h \
  'v16 out = lw_fma(v, back, g) * r;' 'v16 out = g * r;' LeewayTrainingTests
fault shared-gradient $S/LeewayTraining/Gradients/GradientTable.swift \
  'shared.users > 1' 'shared.users > 2' LeewayTrainingTests
fault router-gradient $S/LeewayTraining/Gradients/BackwardPass+Mixture.swift \
  '-= visit.share * means[visit.row]' '-= 0 * means[visit.row]' LeewayTrainingTests
fault first-moment $S/LeewayTensor/Kernels+Optimizers.swift \
  'step.rate / unbias1' 'step.rate / unbias2' LeewayTrainingTests
fault resumed-step $S/LeewayTraining/Recipes/TrainingState.swift \
  'optimizer.step = step' 'optimizer.step = step - 1' LeewayTrainingTests
[ "$tried" -gt 0 ] || { echo "no fault is called ${*}" >&2; exit 2; }
echo "$tried faults, $holes holes"
[ "$holes" = 0 ]
