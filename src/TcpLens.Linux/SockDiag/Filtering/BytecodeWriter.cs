using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>
/// Writes a condition as inet_diag bytecode. A command goes on behind itself when it is true and jumps forward when it is not; to
/// arrive exactly at the end is to accept, four octets behind it to reject (net/ipv4/inet_diag.c, inet_diag_bc_run). The kernel's
/// check follows only the "true" way, so every command has its own length there and every jump lands on a command.
/// </summary>
internal sealed class BytecodeWriter
{
    private const int CommandLength = 4;

    private readonly List<byte> _code = [];
    private readonly List<(int Command, int Label)> _jumps = [];
    private readonly List<int> _labels = [];

    public static byte[] Write(Condition condition)
    {
        var writer = new BytecodeWriter();
        int reject = writer.NewLabel();
        writer.Put(condition, reject);
        writer._labels[reject] = writer._code.Count + CommandLength;
        return writer.Finish();
    }

    /// <summary>Falls through when the condition holds, jumps to the label when not.</summary>
    private void Put(Condition condition, int otherwise)
    {
        switch (condition)
        {
            case Condition.Compare compare when !compare.IsNegated:
                Command(compare.Op, compare.Argument, otherwise);
                break;
            case Condition.Compare compare:
                int holds = NewLabel();
                Command(compare.Op, compare.Argument, holds);
                Command(InetDiagOp.Jump, [], otherwise);
                Mark(holds);
                break;
            case Condition.Joined { IsAll: true, Terms: var terms }:
                foreach (Condition term in terms)
                {
                    Put(term, otherwise);
                }

                break;
            case Condition.Joined { Terms: var terms }:
                PutAny(terms, otherwise);
                break;
            default:
                throw new ArgumentException("a constant needs no bytecode", nameof(condition));
        }
    }

    private void PutAny(Condition[] terms, int otherwise)
    {
        int done = NewLabel();
        foreach (Condition term in terms.AsSpan(..^1))
        {
            int next = NewLabel();
            Put(term, next);
            Command(InetDiagOp.Jump, [], done);
            Mark(next);
        }

        Put(terms[^1], otherwise);
        Mark(done);
    }

    private void Command(InetDiagOp op, byte[] argument, int otherwise)
    {
        _jumps.Add((_code.Count, otherwise));
        _code.AddRange([(byte)op, (byte)(CommandLength + argument.Length), 0, 0]);
        _code.AddRange(argument);
    }

    private int NewLabel()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    private void Mark(int label) => _labels[label] = _code.Count;

    /// <summary>A jump is a u16; code that is too long for it is never sent (<see cref="FilterBytecode.LongestCode"/>).</summary>
    private byte[] Finish()
    {
        byte[] code = [.. _code];
        foreach ((int command, int label) in _jumps)
        {
            MemoryMarshal.Write(code.AsSpan(command + 2), unchecked((ushort)(_labels[label] - command)));
        }

        return code;
    }
}
