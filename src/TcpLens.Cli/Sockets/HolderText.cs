using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// "nginx/812:6, nginx/813:6": command, pid and descriptor of every holder; past holders stand in parentheses. A process has many
/// sockets, so its name is made safe and measured once.
/// </summary>
internal sealed class HolderText
{
    private const int ProcessesMax = 4096;

    private readonly Dictionary<int, Name> _names = [];

    /// <summary>Writes one cell, and ends it.</summary>
    public void Write(TableWriter table, ReadOnlySpan<SocketHolder> holders, bool past)
    {
        if (holders.IsEmpty)
        {
            table.Unknown();
            return;
        }

        bool isAscii = true;
        table.Cell.Write(past ? "("u8 : default);
        for (int i = 0; i < holders.Length; i++)
        {
            Name name = NameOf(holders[i].Process);
            isAscii &= name.IsAscii;
            table.Cell.Write(i > 0 ? ", "u8 : default);
            table.Cell.Write(name.Text);
            table.Cell.WriteNumber(holders[i].Descriptor);
        }

        table.Cell.Write(past ? ")"u8 : default);
        Ink ink = past ? Ink.Dim : Ink.Normal;
        if (isAscii)
        {
            table.EndAscii(ink);
        }
        else
        {
            table.EndCell(ink);
        }
    }

    private Name NameOf(ProcessRef process)
    {
        if (_names.TryGetValue(process.Pid, out Name known) && ReferenceEquals(known.Command, process.Command))
        {
            return known;
        }

        var text = new MemoryWriter();
        text.WriteText(process.Command);
        text.Write((byte)'/');
        text.WriteNumber(process.Pid);
        text.Write((byte)':');
        known = new Name(process.Command, text.Written.ToArray(), Ascii.IsValid(text.Written));
        if (_names.Count < ProcessesMax)
        {
            _names[process.Pid] = known;
        }

        return known;
    }

    /// <summary>A pid can pass to another process between two rounds, so the name says whose it is.</summary>
    private readonly record struct Name(string Command, byte[] Text, bool IsAscii);
}
