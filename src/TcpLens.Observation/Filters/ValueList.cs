using System.Collections;

namespace TcpLens.Observation.Filters;

/// <summary>A list that is equal to another when its items are, so that two filters can be compared.</summary>
public sealed class ValueList<T>(params T[] items) : IReadOnlyList<T>, IEquatable<ValueList<T>>
    where T : IEquatable<T>
{
    public int Count => items.Length;

    public T this[int index] => items[index];

    public ReadOnlySpan<T> Span => items;

    public bool Equals(ValueList<T>? other) => other is not null && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();
}
