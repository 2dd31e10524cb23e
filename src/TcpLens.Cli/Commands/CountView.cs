using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>How counts are shown: a table with bars, or JSON; from the second time on with what changed.</summary>
internal sealed class CountView(Session session, SocketTally tally, Dimension[] by, int? top)
{
    private const int BarCells = 30;

    private static readonly string[] Titles =
        ["State", "Family", "Process", "Pid", "Container", "Cgroup", "User", "Local", "Lport", "Remote", "Rport", "Netns", "Congestion", "Interface", "Timer"];

    public void Show(IReadOnlyList<string> sources)
    {
        List<SocketGroup> groups = by is [Dimension.State] ? AllStates() : tally.Groups();
        long others = tally.Others + Cut(groups);
        if (session.Json)
        {
            WriteJson(groups, others, sources);
        }
        else
        {
            WriteTable(groups, others);
        }
    }

    /// <summary>Every state in the order of a connection's life, the zeros too: a state that is missing looks like a fault of the tool.</summary>
    private List<SocketGroup> AllStates()
    {
        var all = new List<SocketGroup>(LifeOrder.States.Length);
        foreach (TcpState state in LifeOrder.States)
        {
            all.Add(tally.GroupOf(state));
        }

        return all;
    }

    private long Cut(List<SocketGroup> groups)
    {
        long cut = 0;
        if (top is { } limit && groups.Count > limit)
        {
            for (int i = limit; i < groups.Count; i++)
            {
                cut += groups[i].Count;
            }

            groups.RemoveRange(limit, groups.Count - limit);
        }

        return cut;
    }

    private void WriteTable(List<SocketGroup> groups, long others)
    {
        List<Column> columns = [];
        foreach (Dimension dimension in by)
        {
            columns.Add(new Column(Titles[(int)dimension]) { Align = IsNumber(dimension) ? Align.Right : Align.Left, Cut = IsNumber(dimension) ? Rendering.Cut.Never : Rendering.Cut.End });
        }

        columns.Add(new Column("Count") { Align = Align.Right });
        columns.Add(!tally.HasBefore ? new Column("") { Priority = 1 } : new Column("Change") { Align = Align.Right });
        var table = new TableWriter(session.Output, session.Style, columns.ToArray(), TableWriter.WholeTable);
        long largest = 0;
        foreach (SocketGroup group in groups)
        {
            largest = Math.Max(largest, group.Count);
        }

        foreach (SocketGroup group in groups)
        {
            WriteRow(table, group, largest);
        }

        if (session.Style.Columns is not null)
        {
            if (others > 0)
            {
                WriteSum(table, "smaller groups", others);
            }

            WriteSum(table, "total", tally.Total);
        }

        table.Complete();
        if (tally.HasBefore)
        {
            session.Output.WriteLine();
        }
    }

    /// <summary>For people only: a program that reads the rows would count it twice.</summary>
    private void WriteSum(TableWriter table, string what, long sum)
    {
        table.Text(what, Ink.Dim);
        for (int i = 1; i < by.Length; i++)
        {
            table.Text("");
        }

        table.Count(sum, Ink.Dim);
        table.EndRow();
    }

    private void WriteRow(TableWriter table, SocketGroup group, long largest)
    {
        for (int i = 0; i < by.Length; i++)
        {
            WriteValue(table, by[i], tally.ValueOf(group, i), group.Count);
        }

        Ink ink = group.Count == 0 ? Ink.Dim : Ink.Normal;
        if (session.Style.Columns is null)
        {
            table.Number(group.Count, ink);
        }
        else
        {
            table.Count(group.Count, ink);
        }

        if (!tally.HasBefore)
        {
            if (session.Style.Columns is not null)
            {
                table.Bar(Bars.Linear(group.Count, largest), BarCells, tally.ValueOf(group, 0).State is { } state ? SocketColumn.InkOf(state) : Ink.Normal);
            }
        }
        else
        {
            long change = tally.ChangeOf(group);
            table.Cell.WriteText(change > 0 ? $"+{change}" : change == 0 ? "" : $"{change}");
            table.EndCell();
        }

        table.EndRow();
    }

    private static void WriteValue(TableWriter table, Dimension dimension, GroupValue value, long count)
    {
        if (value.State is { } state)
        {
            table.Word(TcpStateNames.Utf8Name(state, StateSpelling.Ss), count == 0 ? Ink.Dim : SocketColumn.InkOf(state));
        }
        else if (value.Name is { } name)
        {
            table.Text(name);
        }
        else if (dimension is Dimension.LocalPort or Dimension.RemotePort or Dimension.User or Dimension.NetworkNamespace
            || (dimension == Dimension.Pid && value.Number != 0))
        {
            table.Number((long)value.Number);
        }
        else
        {
            table.Unknown();
        }
    }

    private void WriteJson(List<SocketGroup> groups, long others, IReadOnlyList<string> sources)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.count/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Texts("by"u8, by.Select(static dimension => KeyOf(dimension)));
        json.Number("total"u8, tally.Total);
        json.Number("in_smaller_groups"u8, others);
        json.BeginArray("groups"u8);
        foreach (SocketGroup group in groups)
        {
            json.BeginObject();
            for (int i = 0; i < by.Length; i++)
            {
                WriteJsonValue(json, by[i], tally.ValueOf(group, i));
            }

            json.Number("count"u8, group.Count);
            if (tally.HasBefore)
            {
                json.Number("change"u8, tally.ChangeOf(group));
            }

            json.EndObject();
        }

        json.EndArray();
        json.Texts("sources"u8, sources);
        json.EndDocument();
    }

    private static void WriteJsonValue(JsonDocumentWriter json, Dimension dimension, GroupValue value)
    {
        byte[] key = System.Text.Encoding.UTF8.GetBytes(KeyOf(dimension));
        if (value.State is { } state)
        {
            json.Word(key, TcpStateNames.Utf8Name(state, StateSpelling.Snake));
        }
        else if (dimension is Dimension.LocalPort or Dimension.RemotePort)
        {
            json.Number(key, (long)value.Number);
        }
        else if (dimension == Dimension.Pid)
        {
            json.Number(key, value.Number == 0 ? null : (long)value.Number);
        }
        else if (dimension is Dimension.User or Dimension.NetworkNamespace)
        {
            json.Text(key, value.Name);
            json.Number(dimension == Dimension.User ? "uid"u8 : "netns_inode"u8, (long)value.Number);
        }
        else
        {
            json.Text(key, value.Name);
        }
    }

    private static bool IsNumber(Dimension dimension) => dimension is Dimension.Pid or Dimension.LocalPort or Dimension.RemotePort;

    /// <summary>JSON keys are in snake case, as everywhere.</summary>
    private static string KeyOf(Dimension dimension) => Dimensions.NameOf(dimension).Replace('-', '_');
}
