# Medians, and how numbers are written; for the scripts that turn raw.tsv into Markdown. Plain awk (mawk will do).

# Puts values[row, 1..n] into order[1..n], least first.
function sorted(values, row, n,    i, j, held) {
  for (i = 1; i <= n; i++) {
    held = values[row, i]
    for (j = i - 1; j > 0 && order[j] > held; j--) order[j + 1] = order[j]
    order[j + 1] = held
  }
}
function median_of(n) { return n % 2 ? order[(n + 1) / 2] : (order[n / 2] + order[n / 2 + 1]) / 2 }
function number(value) { return value >= 100 ? sprintf("%.0f", value) : value >= 10 ? sprintf("%.1f", value) : sprintf("%.2f", value) }
function thousands(value) {
  value += 0
  if (value >= 1000000) return sprintf("%d,%03d,%03d", value / 1000000, value % 1000000 / 1000, value % 1000)
  return value >= 1000 ? sprintf("%d,%03d", value / 1000, value % 1000) : value
}
function shown(text) { gsub(/\|/, "\\|", text); return "`" text "`" }
function verdict(value, limit) { return value <= limit ? "yes" : "**no**" }
