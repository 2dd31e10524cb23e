using System.Runtime.CompilerServices;

namespace TcpLens.Capture;

/// <summary>Values of one kind in arrays that never move, lent by number and given back: no object for each. Number 0 is none.</summary>
internal sealed class Slab<T>(int capacity)
    where T : struct
{
    // So large that the collector leaves pages where they are: smaller ones it would copy, and take for a reason to let garbage grow.
    private const int PageBits = 12;
    private const int PageMask = (1 << PageBits) - 1;

    private int[] _free = new int[16];
    private int _freeCount;
    private T[][] _pages = [new T[1 << PageBits]];
    private int _used = 1;

    public ref T this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _pages[number >> PageBits][number & PageMask];
    }

    /// <summary>Values that are lent now.</summary>
    public int Lent => _used - 1 - _freeCount;

    /// <summary>A number whose value is what its last user left; 0 when all are lent.</summary>
    public int Take()
    {
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }

        if (_used > capacity)
        {
            return 0;
        }

        if (_used >> PageBits == _pages.Length)
        {
            Array.Resize(ref _pages, _pages.Length * 2);
        }

        _pages[_used >> PageBits] ??= new T[1 << PageBits];
        return _used++;
    }

    public void Release(int number)
    {
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, _freeCount * 2);
        }

        _free[_freeCount++] = number;
    }
}
