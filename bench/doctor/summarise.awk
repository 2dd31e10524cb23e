# raw.tsv to Markdown. The doctor's own time is its wall time without the seconds that it was told to wait: what it does in them
# costs nobody anything. A ratio is taken within a round, and its median is shown; above the bar the exit code is 1.
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

# Sorts values[key, 1..count] into sorted[1..count] and returns the median.
function median(values, key, count,   i, j, value) {
  for (i = 1; i <= count; i++) {
    value = values[key, i]
    for (j = i - 1; j >= 1 && sorted[j] > value; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = value
  }
  return count % 2 ? sorted[(count + 1) / 2] : (sorted[count / 2] + sorted[count / 2 + 1]) / 2
}

function cell(values, key,   middle) {
  middle = median(values, key, n[key])
  return sprintf("%.0f (%.0f-%.0f)", middle, sorted[1], sorted[n[key]])
}

END {
  printf "%d sockets, %d rounds, %.0f s between the doctor's samples; medians (least-most)\n\n", size, rounds, waiting / 1000
  print "| command | time besides the waiting, ms | CPU in all, ms | peak, MiB |"
  print "|---|---:|---:|---:|"
  printf "| `tcplens list --info` | %s | %s | %s |\n", cell(walls, "list"), cell(cpus, "list"), cell(peaks, "list")
  printf "| `tcplens doctor` | %s | %s | %s |\n", cell(walls, "doctor"), cell(cpus, "doctor"), cell(peaks, "doctor")
  for (i = 1; i <= rounds; i++) ratios["added", i] = 100 * (of_round["doctor", i] / of_round["list", i] - 1)
  added = median(ratios, "added", rounds)
  printf "\nThe doctor adds %.0f %% to the time of one list --info (%.0f to %.0f; the bar is %d %%).\n", added, sorted[1], sorted[rounds], bar
  exit added > bar
}
