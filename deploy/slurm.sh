#!/usr/bin/env bash
# An experiment on a Slurm cluster, without a server: an array of jobs carries out a share of the trials each, and when
# all have ended well, one more job finds every trial finished and judges.
#
#   SHARDS=12 ./slurm.sh --trainer "python train.py --smoothing {epsilon} --seed {seed} --out {out}" \
#     --epsilon 0,0.1 --seeds 6 --out /shared/experiment
#
# What follows the script's name are options of `softlabel compare`; --out, the trainer and its data must lie on a file
# system that every node sees, and `softlabel` on the path of every node. SHARDS may be as many as there are trials.
# Trials that failed or ran out of time leave the array failed and the judging job cancelled: submit the same again,
# and only they are trained.
set -euo pipefail

# What one share needs: its trials run one after another.
train=(--gpus=1 --cpus-per-task=8 --mem=64G --time=48:00:00)
# What judging needs: docs/scale.md has measured it.
judge=(--cpus-per-task=1 --mem=4G --time=1:00:00)

case ${SOFTLABEL_STEP:-submit} in
  submit)
    # A trainer is told to stop two minutes before its time ends, and what was killed is queued again.
    array=$(sbatch --parsable --job-name=softlabel-train --array="1-${SHARDS:?must be the number of shares}" --requeue \
      --signal=TERM@120 --export=ALL,SOFTLABEL_STEP=train "${train[@]}" "$0" "$@")
    sbatch --parsable --job-name=softlabel-judge --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes \
      --export=ALL,SOFTLABEL_STEP=judge "${judge[@]}" "$0" "$@"
    ;;
  train) exec srun softlabel compare "$@" --jobs 1 --shard auto ;;
  judge) exec srun softlabel compare "$@" --jobs 1 ;;
  *)
    echo "SOFTLABEL_STEP must be submit, train or judge, got $SOFTLABEL_STEP" >&2
    exit 2
    ;;
esac
