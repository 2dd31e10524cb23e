using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The pictures of a report, as SVG that needs nothing else: colours come from the page, so print and dark screens both work.</summary>
internal static class ReportPictures
{
    private const int Width = 720;
    private const int RowHeight = 22;
    private const int LabelWidth = 150;
    private const int ValueWidth = 110;

    /// <summary>Sockets by state in the order of a connection's life, IPv4 beside IPv6; on a logarithmic scale, so that one is visible beside ten thousand.</summary>
    public static void StateBars(Html page, Examination seen)
    {
        Dictionary<TcpState, (long V4, long V6)> counts = [];
        foreach (ref readonly SocketRecord socket in seen.Now.Sockets.All)
        {
            (long v4, long v6) = counts.GetValueOrDefault(socket.Entry.State);
            counts[socket.Entry.State] = socket.Entry.Family == IpFamily.V4 ? (v4 + 1, v6) : (v4, v6 + 1);
        }

        long most = counts.Values.Select(static pair => pair.V4 + pair.V6).DefaultIfEmpty(0).Max();
        Begin(page, LifeOrder.States.Length, "Sockets by state");
        int row = 0;
        foreach (TcpState state in LifeOrder.States)
        {
            (long v4, long v6) = counts.GetValueOrDefault(state);
            double whole = Share(v4 + v6, most) * BarRoom;
            double left = v4 + v6 == 0 ? 0 : whole * v4 / (v4 + v6);
            Label(page, row, state.Name(StateSpelling.Rfc), v6 == 0 ? $"{v4:N0}" : $"{v4:N0} + {v6:N0} IPv6");
            Bar(page, row, LabelWidth, left, "v4");
            Bar(page, row, LabelWidth + left, whole - left, "v6");
            row++;
        }

        page.Raw("</svg>\n");

        static double Share(long count, long most) => count == 0 ? 0 : Math.Max(0.02, Math.Log(1 + count) / Math.Log(1 + most));
    }

    /// <summary>What the counters of trouble did over the sample: one small curve each, the most that it moved in a step as its height.</summary>
    public static void CounterCurves(Html page, Examination seen)
    {
        List<CounterChange> moved = [.. CounterSet.Difference(seen.Now.Counters, seen.Before.Counters, seen.Elapsed).Moved().Where(static change => TroubleCounters.IsShown(change.Name.Text))];
        moved.Sort(static (left, right) => TroubleCounters.IsTrouble(right.Name.Text).CompareTo(TroubleCounters.IsTrouble(left.Name.Text)));
        if (moved.Count == 0)
        {
            page.Element("p", "quiet", "None of TCP's counters moved.");
            return;
        }

        Begin(page, moved.Count, "Counters over the sample");
        for (int row = 0; row < moved.Count; row++)
        {
            CounterChange change = moved[row];
            Label(page, row, change.Name.Text, $"{change.Change:+#,0;-#,0} ({change.PerSecond:#,0.#}/s)");
            Curve(page, row, StepsOf(change.Name.Text, seen), TroubleCounters.IsTrouble(change.Name.Text) ? "trouble" : "calm");
        }

        page.Raw("</svg>\n");
    }

    /// <summary>How many findings each culprit has a part in, the busiest first.</summary>
    public static void Culprits(Html page, DoctorReport report)
    {
        List<(string Name, int Count)> culprits =
        [
            .. DoctorReport.Flatten(report.Findings)
                .SelectMany(static finding => finding.Culprits.Select(static culprit => $"{culprit.Name} ({culprit.Kind.ToString().ToLowerInvariant()})").Distinct())
                .GroupBy(static name => name)
                .Select(static group => (group.Key, group.Count()))
                .OrderByDescending(static pair => pair.Item2)
                .Take(12),
        ];
        if (culprits.Count == 0)
        {
            return;
        }

        Begin(page, culprits.Count, "Culprits by findings");
        for (int row = 0; row < culprits.Count; row++)
        {
            Label(page, row, culprits[row].Name, Words.Of(culprits[row].Count, "finding"));
            Bar(page, row, LabelWidth * 2, (BarRoom - LabelWidth) * culprits[row].Count / culprits[0].Count, "trouble");
        }

        page.Raw("</svg>\n");
    }

    private static int BarRoom => Width - LabelWidth - ValueWidth;

    private static void Begin(Html page, int rows, string title)
        => page.Raw($"<svg viewBox=\"0 0 {Width} {rows * RowHeight}\" role=\"img\"><title>").Text(title).Raw("</title>\n");

    private static void Label(Html page, int row, string label, string value)
        => page.Raw($"<text x=\"0\" y=\"{(row * RowHeight) + 15}\">").Text(label)
            .Raw($"</text><text class=\"value\" x=\"{Width}\" y=\"{(row * RowHeight) + 15}\">").Text(value).Raw("</text>\n");

    private static void Bar(Html page, int row, double x, double width, string style)
    {
        if (width > 0)
        {
            page.Raw($"<rect class=\"{style}\" x=\"{Html.Number(x)}\" y=\"{(row * RowHeight) + 4}\" width=\"{Html.Number(width)}\" height=\"14\" rx=\"2\"/>\n");
        }
    }

    /// <summary>Increase from moment to moment; just the whole when nobody looked in between.</summary>
    private static List<(double At, double Step)> StepsOf(string counter, Examination seen)
    {
        List<(double, double)> steps = [];
        long last = seen.Before.Counters[counter] ?? 0;
        foreach (CounterMoment moment in seen.Moments.Append(new CounterMoment(seen.Elapsed, seen.Now.Counters)))
        {
            long value = moment.Counters[counter] ?? last;
            steps.Add((seen.Elapsed > TimeSpan.Zero ? moment.After / seen.Elapsed : 1, Math.Abs(value - last)));
            last = value;
        }

        return steps;
    }

    private static void Curve(Html page, int row, List<(double At, double Step)> steps, string style)
    {
        const int Start = LabelWidth + 60;
        double room = Width - ValueWidth - 30 - Start;
        double most = steps.Max(static step => step.Step);
        double bottom = (row * RowHeight) + 18;
        double before = 0;
        foreach ((double at, double step) in steps)
        {
            double height = most > 0 ? step / most * 14 : 0;
            double x = Start + (before * room);
            page.Raw($"<rect class=\"{style}\" x=\"{Html.Number(x)}\" y=\"{Html.Number(bottom - height)}\" width=\"{Html.Number(Math.Max(1, ((at - before) * room) - 1))}\" height=\"{Html.Number(Math.Max(0.5, height))}\"/>\n");
            before = at;
        }
    }
}
