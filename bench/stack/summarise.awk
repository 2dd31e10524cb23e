# raw.tsv to Markdown: medians, ours over the floor's, and the bars that were set. Needs ../peers/medians.awk.
BEGIN {
  FS = "\t"
  unit["sink"] = "Mb/s from the kernel"; unit["source"] = "Mb/s to the kernel"; unit["rr"] = "ns for a round trip of one octet"; unit["crr"] = "connections a second, one at a time"
  while ((getline line < bars) > 0) {
    if (line ~ /^#/) continue
    split(line, bar, "\t")
    kind[bar[1], bar[2]] = bar[3]; bound[bar[1], bar[2]] = bar[4]
  }
}
NR == 1 { next }
{
  key = $2 SUBSEP $3
  if (!(key in seen)) { seen[key] = 1; order_of[++count] = key }
  n = ++runs[key, $4]
  value[key SUBSEP $4, n] = $5; cpu[key SUBSEP $4, n] = $6
}
function middle(values, key, server) { sorted(values, key SUBSEP server, runs[key, server]); return runs[key, server] ? median_of(runs[key, server]) : 0 }
function judged(key, ours, ratio) {
  if (!(key in kind)) return "| |"
  if (kind[key] == "least") return bound[key] " | " verdict(bound[key], ours) " |"
  if (kind[key] == "least-ratio") return bound[key] " x floor | " verdict(bound[key], ratio) " |"
  return "at most " bound[key] " x floor | " verdict(ratio, bound[key]) " |"
}
END {
  print machine "\n"
  print "| device | measure | floor | ours | ours over floor | bar | met |"
  print "|---|---|---:|---:|---:|---|---|"
  for (i = 1; i <= count; i++) {
    key = order_of[i]; split(key, part, SUBSEP)
    if (part[2] ~ /^(many|copy)/) continue
    floor = middle(value, key, "floor"); ours = middle(value, key, "ours"); ratio = floor ? ours / floor : 0
    printf "| %s | %s, %s | %s | %s | %.2f | %s\n", part[1], part[2], unit[part[2]], thousands(floor), thousands(ours), ratio, judged(key, ours, ratio)
  }
  print "\n| device | connections at once | floor: CPU ns a round trip | ours: CPU ns a round trip |\n|---|---:|---:|---:|"
  for (i = 1; i <= count; i++) {
    key = order_of[i]; split(key, part, SUBSEP)
    if (part[2] ~ /^many/) printf "| %s | %s | %s | %s |\n", part[1], substr(part[2], 6), thousands(middle(cpu, key, "floor")), thousands(middle(cpu, key, "ours"))
  }
  print "\n| loss / disorder, % | octets there and back, compared | s |\n|---|---|---:|"
  for (i = 1; i <= count; i++) {
    key = order_of[i]; split(key, part, SUBSEP)
    if (part[2] ~ /^copy/) printf "| %s | %s | %s |\n", substr(part[2], 6), (value[key SUBSEP "ours", 1] > 0 ? "the same" : "**not the same**"), value[key SUBSEP "ours", 1]
  }
}
