using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>What came, changed and went, from one picture to the next. The first picture is shown whole, as new.</summary>
internal sealed class ChangeView(Session session, LiveMachine machine, ListLayout layout)
{
    private SocketPicture? _before;

    public void Show(SocketPicture picture)
    {
        if (session.Json)
        {
            WriteJson(picture);
        }
        else
        {
            WriteTable(picture);
        }

        _before = picture;
    }

    /// <summary>As <see cref="Show"/>, but without the first picture itself: only what differs from it is of interest.</summary>
    public void StartFrom(SocketPicture picture) => _before = picture;

    private IEnumerable<SocketChange> Changes(SocketPicture picture)
        => SocketChange.Between(_before ?? SocketPicture.Of(picture.TakenAt, []), picture);

    private void WriteTable(SocketPicture picture)
    {
        if (_before is not null)
        {
            session.Output.WriteLine();
        }

        string time = picture.TakenAt.ToString("HH:mm:ss.fff 'UTC'");
        session.Style.Write(session.Output, Ink.Bold, System.Text.Encoding.ASCII.GetBytes(time));
        session.Output.WriteText(picture.Sockets.Count == 1 ? "  1 socket" : $"  {picture.Sockets.Count:N0} sockets");
        session.Output.WriteLine();
        var table = new TableWriter(session.Output, layout.Style, [new Column(""), .. layout.Shapes]) { HasHeader = layout.HasHeader && _before is null };
        bool isSame = true;
        foreach (SocketChange change in Changes(picture))
        {
            isSame = false;
            WriteRow(table, in change);
        }

        if (isSame)
        {
            session.Output.WriteLine("  nothing came, changed or went"u8);
        }
        else
        {
            table.Complete();
        }
    }

    private void WriteRow(TableWriter table, in SocketChange change)
    {
        SocketEntry shown = change.Shown;
        (byte sign, Ink ink) = change.Kind switch
        {
            ChangeKind.New => ((byte)'+', Ink.Green),
            ChangeKind.Changed => ((byte)'~', Ink.Yellow),
            ChangeKind.Gone => ((byte)'-', Ink.Dim),
        };
        table.Word([sign], ink);
        var socket = new ShownSocket(in shown, null, machine, layout.Names);
        foreach (SocketColumn column in layout.Columns)
        {
            if (column == SocketColumn.State && change.Kind == ChangeKind.Changed && change.Before.State != change.After.State)
            {
                table.Cell.Write(TcpStateNames.Utf8Name(change.Before.State, StateSpelling.Ss));
                table.Cell.Write(" > "u8);
                table.Cell.Write(TcpStateNames.Utf8Name(change.After.State, StateSpelling.Ss));
                table.EndCell(Ink.Yellow);
            }
            else
            {
                column.Write(table, in socket);
            }
        }

        table.EndRow();
    }

    private void WriteJson(SocketPicture picture)
    {
        using var json = new JsonDocumentWriter(session.Output);
        var socketJson = new SocketJson(json, machine, layout.WithOwners, withInfo: false, withMemory: false);
        json.BeginDocument("tcplens.changes/1"u8, Environment.MachineName, picture.TakenAt);
        json.Number("total"u8, (long)picture.Sockets.Count);
        json.BeginArray("changes"u8);
        foreach (SocketChange change in Changes(picture))
        {
            SocketEntry shown = change.Shown;
            json.BeginObject();
            json.Word("change"u8, change.Kind switch
            {
                ChangeKind.New => "new"u8,
                ChangeKind.Changed => "changed"u8,
                ChangeKind.Gone => "gone"u8,
            });
            if (change.Kind == ChangeKind.Changed)
            {
                json.Word("state_before"u8, TcpStateNames.Utf8Name(change.Before.State, StateSpelling.Snake));
            }
            else
            {
                json.Null("state_before"u8);
            }

            socketJson.Write(in shown, null);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }
}
