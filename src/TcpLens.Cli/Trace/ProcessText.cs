using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// The process of a record, as it is written: "nginx/812", or two members of a JSON object. A process has many events, so that is put together once, and kept
/// until another process takes its place: nothing is allocated, however many come and go.
/// </summary>
internal sealed class ProcessText(bool isJson)
{
    /// <summary>A name of fifteen octets, each shown as an escape of nine, and what stands around it.</summary>
    public const int MaxLength = 176;

    private const int Slots = 1024;   // By the last bits of the number: processes that are at work together seldom share them.

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly byte[] _texts = new byte[Slots * MaxLength];
    private readonly MemoryWriter _text = new(MaxLength);

    /// <summary>Valid until the next call.</summary>
    /// <param name="owner">A process.</param>
    /// <param name="cells">Cells that the text takes.</param>
    public ReadOnlySpan<byte> Of(in TraceOwner owner, out int cells)
    {
        int place = owner.Pid & (Slots - 1);
        ref Slot slot = ref _slots[place];
        if (slot.Pid != owner.Pid || slot.Length == 0 || slot.Command != owner.Command)
        {
            _text.Clear();
            Write(in owner);
            _text.Written.CopyTo(_texts.AsSpan(place * MaxLength));
            slot = new Slot(owner.Pid, owner.Command, (byte)_text.Length, (byte)CellWidth.Of(_text.Written));
        }

        cells = slot.Cells;
        return _texts.AsSpan(place * MaxLength, slot.Length);
    }

    private void Write(in TraceOwner owner)
    {
        TaskName command = owner.Command;
        if (!isJson)
        {
            _text.WriteText(command.IsEmpty ? "?"u8 : command.Octets);   // It ended before it could be asked.
            _text.Write((byte)'/');
            _text.WriteNumber(owner.Pid);
            return;
        }

        _text.Write(",\"pid\":"u8);
        _text.WriteNumber(owner.Pid);
        _text.Write(",\"command\":\""u8);
        _text.Advance(JsonText.Encode(command.Octets, _text.GetSpan(TaskName.Length * JsonText.Growth)));
        _text.Write((byte)'"');
    }

    private readonly record struct Slot(int Pid, TaskName Command, byte Length, byte Cells);
}
