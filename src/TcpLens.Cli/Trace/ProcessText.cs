using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// "nginx/812": the process of a record; in parentheses when it only has the listener, "-" when nobody is known. A process has many events, so its name is
/// made safe and measured once, and kept until another one takes its place: nothing is allocated, however many processes come and go.
/// </summary>
internal sealed class ProcessText
{
    /// <summary>A name of fifteen octets, each shown as an escape of nine, a slash and a number.</summary>
    public const int MaxLength = (15 * 9) + 1 + 10 + 2;

    private const int Slots = 1024;   // By the last bits of the number: processes that are at work together seldom share them.

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly byte[] _texts = new byte[Slots * MaxLength];
    private readonly MemoryWriter _text = new(MaxLength * 9);

    public void Write(ref TraceLine line, in TraceOwner owner)
    {
        if (owner.From == OwnerFrom.Nobody)
        {
            line.Octet((byte)'-');
            return;
        }

        int place = owner.Pid & (Slots - 1);
        ref Slot slot = ref _slots[place];
        if (slot.Pid != owner.Pid || slot.Length == 0 || slot.Command != owner.Command)
        {
            Fill(ref slot, place, in owner);
        }

        if (owner.From == OwnerFrom.Listener)
        {
            line.Octet((byte)'(');
        }

        line.Word(_texts.AsSpan(place * MaxLength, slot.Length), slot.Cells);
        if (owner.From == OwnerFrom.Listener)
        {
            line.Octet((byte)')');
        }
    }

    private void Fill(ref Slot slot, int place, in TraceOwner owner)
    {
        _text.Clear();
        _text.WriteText(owner.Command.Octets);
        _text.Write((byte)'/');
        _text.WriteNumber(owner.Pid);
        _text.Written.CopyTo(_texts.AsSpan(place * MaxLength));
        slot = new Slot(owner.Pid, owner.Command, (byte)_text.Length, (byte)CellWidth.Of(_text.Written));
    }

    private readonly record struct Slot(int Pid, TaskName Command, byte Length, byte Cells);
}
