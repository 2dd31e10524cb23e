using System.Runtime.InteropServices;

namespace TcpLens.Observation;

/// <summary>Gives each different thing a small number, the first time it is met; 0 stands for nothing.</summary>
internal sealed class Numbering<T>
    where T : notnull
{
    private readonly Dictionary<T, uint> _numbers = [];
    private readonly List<T> _things = [];

    public uint Of(T thing)
    {
        ref uint number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, thing, out bool known);
        if (!known)
        {
            _things.Add(thing);
            number = (uint)_things.Count;
        }

        return number;
    }

    /// <summary>The thing with this number, which is not 0.</summary>
    public T this[uint number] => _things[(int)number - 1];
}
