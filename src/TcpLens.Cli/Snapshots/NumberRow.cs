using System.Text;
using System.Text.Json;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli;

/// <summary>
/// Named numbers on their way into a line of JSON and back. Whoever writes puts them, and whoever reads takes them, in the order of the
/// keys; in the line itself any order will do. What is unknown is left out, and so is 0 where every source knows the number.
/// </summary>
internal sealed class NumberRow(params string[] keys)
{
    private readonly byte[][] _keys = [.. keys.Select(Encoding.ASCII.GetBytes)];
    private readonly ulong?[] _values = new ulong?[keys.Length];
    private int _next;

    /// <summary>Forgets the numbers, before a line.</summary>
    public void Clear()
    {
        Array.Clear(_values);
        _next = 0;
    }

    /// <summary>Back to the first key.</summary>
    public void Rewind() => _next = 0;

    public void Put(ulong number) => Put(number == 0 ? null : (ulong?)number);

    public void Put(ulong? number) => _values[_next++] = number;

    public void WriteTo(JsonDocumentWriter json)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            if (_values[i] is { } number)
            {
                json.Number(_keys[i], number);
            }
        }
    }

    /// <summary>Reads the property that the reader stands at; false when it is not one of these. The next key is the likeliest.</summary>
    /// <exception cref="FormatException">Its value is not a whole number of 64 bits.</exception>
    public bool TryRead(ref Utf8JsonReader reader)
    {
        for (int tried = 0; tried < _keys.Length; tried++)
        {
            int place = (_next + tried) % _keys.Length;
            if (reader.ValueTextEquals(_keys[place]))
            {
                _next = place + 1;
                if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out ulong number))
                {
                    throw new FormatException($"{keys[place]} is not a whole number");
                }

                _values[place] = number;
                return true;
            }
        }

        return false;
    }

    public ulong? TakeOrNull() => _values[_next++];

    public ulong Take() => TakeOrNull() ?? 0;

    public uint? Take32OrNull() => (uint?)Upto(uint.MaxValue);

    public uint Take32() => Take32OrNull() ?? 0;

    public ushort Take16() => (ushort)(Upto(ushort.MaxValue) ?? 0);

    public byte Take8() => (byte)(Upto(byte.MaxValue) ?? 0);

    public bool TakeFlag() => Upto(1) == 1;

    public bool? TakeFlagOrNull() => Upto(1) is { } flag ? flag == 1 : null;

    /// <exception cref="FormatException">The number is above <paramref name="most"/>.</exception>
    public ulong? Upto(ulong most)
    {
        ulong? number = TakeOrNull();
        return number is null || number <= most ? number : throw new FormatException($"{keys[_next - 1]} is {number}, and at most {most} can be");
    }
}
