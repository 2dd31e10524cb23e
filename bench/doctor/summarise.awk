# raw.tsv to Markdown. The doctor's own time is its wall time without the seconds that it was told to wait: what it does in them
# costs nobody anything. A ratio is taken within a round, and its median is shown; above the bar the exit code is 1.
# Needs ../peers/medians.awk.
BEGIN { FS = "\t" }

NR > 1 {
  wall = $3 - ($1 == "doctor" ? waiting : 0)
  n[$1]++
  walls[$1, n[$1]] = wall
  cpus[$1, n[$1]] = $4 + $5
  peaks[$1, n[$1]] = $6 / 1024
  of_round[$1, $2] = wall
  rounds = $2 > rounds ? $2 : rounds
}

function cell(values, key) {
  sorted(values, key, n[key])
  return sprintf("%.0f (%.0f-%.0f)", median_of(n[key]), order[1], order[n[key]])
}

END {
  printf "%d sockets, %d rounds, %.0f s between the doctor's samples; medians (least-most)\n\n", size, rounds, waiting / 1000
  print "| command | time besides the waiting, ms | CPU in all, ms | peak, MiB |"
  print "|---|---:|---:|---:|"
  printf "| `tcplens list --info` | %s | %s | %s |\n", cell(walls, "list"), cell(cpus, "list"), cell(peaks, "list")
  printf "| `tcplens doctor` | %s | %s | %s |\n", cell(walls, "doctor"), cell(cpus, "doctor"), cell(peaks, "doctor")
  for (i = 1; i <= rounds; i++) ratios["added", i] = 100 * (of_round["doctor", i] / of_round["list", i] - 1)
  sorted(ratios, "added", rounds)
  added = median_of(rounds)
  printf "\nThe doctor adds %.0f %% to the time of one list --info (%.0f to %.0f; the bar is %d %%).\n", added, order[1], order[rounds], bar
  exit added > bar
}
