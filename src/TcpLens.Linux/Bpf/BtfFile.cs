using TcpLens.Linux.Interop;
using System.Buffers.Binary;
using System.Text;

namespace TcpLens.Linux;

/// <summary>Where a member stands in its outermost structure, in octets, and how many octets it has (8 for a pointer).</summary>
public readonly record struct BtfMember(int Offset, int Size);

/// <summary>
/// The kernel's own description of its types (linux/btf.h), read just far enough to find members of structures and the ids of
/// functions. Foreign bytes: whatever is not there, or makes no sense, is null and never an exception.
/// </summary>
public sealed class BtfFile
{
    public const string KernelPath = "/sys/kernel/btf/vmlinux";

    private const ushort Magic = 0xeb9f;
    private const int HeaderLength = 24;
    private const int TypeHeaderLength = 12;
    private const int MemberLength = 12;
    private const int MaximumDepth = 16;   // Deepest nesting and longest typedef chain followed; a loop of types ends here.

    private readonly byte[] _octets;
    private readonly Range _strings;
    private readonly int[] _positions;     // By type id: where the type's header stands in _octets.
    private readonly uint[] _names;        // By type id: its name, as an offset into the strings.
    private readonly int _count;

    private BtfFile(byte[] octets, Range types, Range strings)
    {
        (int start, int length) = types.GetOffsetAndLength(octets.Length);
        int most = (length / TypeHeaderLength) + 1;
        _octets = octets;
        _strings = strings;
        _positions = GC.AllocateUninitializedArray<int>(most);
        _names = GC.AllocateUninitializedArray<uint>(most);
        _positions[0] = 0;                 // Id 0 is void: it has no header, and the empty name.
        _names[0] = 0;
        _count = Index(start, start + length);
    }

    private enum Kind
    {
        Int = 1,
        Pointer = 2,
        Array = 3,
        Struct = 4,
        Union = 5,
        Enum = 6,
        Forward = 7,
        Typedef = 8,
        Volatile = 9,
        Const = 10,
        Restrict = 11,
        Function = 12,
        Prototype = 13,
        Variable = 14,
        DataSection = 15,
        Float = 16,
        DeclarationTag = 17,
        TypeTag = 18,
        Enum64 = 19,
    }

    /// <summary>Types that could be read, void included.</summary>
    public int Count => _count;

    private ReadOnlySpan<byte> Strings => _octets.AsSpan(_strings);

    /// <summary>Reads a BTF file; null when there is none, or when it is not BTF of this machine's byte order.</summary>
    public static BtfFile? TryRead(string path = KernelPath)
        => SmallFile.ReadSized(path) is { } octets ? TryParse(octets) : null;

    /// <summary>The array belongs to the result from now on.</summary>
    public static BtfFile? TryParse(byte[] octets)
    {
        if (octets.Length < HeaderLength || BinaryPrimitives.ReadUInt16LittleEndian(octets) != Magic)
        {
            return null;
        }

        uint header = Word(octets, 4);
        return Section(Word(octets, 8), Word(octets, 12)) is { } types && Section(Word(octets, 16), Word(octets, 20)) is { } strings
            ? new BtfFile(octets, types, strings)
            : null;

        Range? Section(uint offset, uint length)
            => (ulong)header + offset + length <= (ulong)octets.Length ? (int)(header + offset)..(int)(header + offset + length) : null;
    }

    /// <summary>
    /// Finds a member by its path: "sock_common.skc_state". Anonymous structures and unions on the way need no name, a step into
    /// an array means its first element. Null when it does not exist, or is a bit field.
    /// </summary>
    public BtfMember? Member(ReadOnlySpan<char> path)
    {
        int dot = path.IndexOf('.');
        if (dot < 0 || Find(path[..dot], Kind.Struct) is not { } type)
        {
            return null;
        }

        int offset = 0;
        ReadOnlySpan<char> rest = path[(dot + 1)..];
        Span<byte> name = stackalloc byte[128];
        while (true)
        {
            dot = rest.IndexOf('.');
            if (!Encoding.UTF8.TryGetBytes(dot < 0 ? rest : rest[..dot], name, out int length)
                || MemberOf(type, name[..length], MaximumDepth) is not { } step)
            {
                return null;
            }

            offset += step.Offset;
            if (dot < 0)
            {
                return SizeOf(step.Type, MaximumDepth) is { } size ? new BtfMember(offset, size) : null;
            }

            type = step.Type;
            rest = rest[(dot + 1)..];
        }
    }

    /// <summary>The id by which a program attaches to a kernel function; null when there is no such function.</summary>
    public uint? Function(ReadOnlySpan<char> name) => (uint?)Find(name, Kind.Function);

    private static uint Word(ReadOnlySpan<byte> octets, int at) => BinaryPrimitives.ReadUInt32LittleEndian(octets[at..]);

    /// <summary>One pass that notes where each type stands; a type that runs over the end stops it. Returns the number of ids.</summary>
    private int Index(int position, int end)
    {
        ReadOnlySpan<byte> octets = _octets;
        int id = 1;
        while (end - position >= TypeHeaderLength)
        {
            uint info = Word(octets, position + 4);
            int length = TypeHeaderLength + TrailerLength((Kind)((info >> 24) & 0x1f), (int)(info & 0xffff));
            if (length < TypeHeaderLength || length > end - position)
            {
                break;
            }

            _positions[id] = position;
            _names[id++] = Word(octets, position);
            position += length;
        }

        return id;
    }

    /// <summary>Octets after a type's header (Documentation/bpf/btf.rst §2.2); negative for a kind of the future, whose length is unknown.</summary>
    private static int TrailerLength(Kind kind, int entries) => kind switch
    {
        Kind.Int or Kind.Variable or Kind.DeclarationTag => 4,
        Kind.Array => 12,
        Kind.Struct or Kind.Union or Kind.DataSection or Kind.Enum64 => 12 * entries,
        Kind.Enum or Kind.Prototype => 8 * entries,
        >= Kind.Int and <= Kind.Enum64 => 0,
        _ => -TypeHeaderLength - 1,
    };

    private Kind KindOf(int id) => (Kind)((Word(_octets, _positions[id] + 4) >> 24) & 0x1f);

    /// <summary>Size in octets, or the id of the type that this one refers to: the kind decides.</summary>
    private uint SizeOrType(int id) => Word(_octets, _positions[id] + 8);

    /// <summary>Names stand once in the strings, so a name is a number to look for.</summary>
    private int? Find(ReadOnlySpan<char> name, Kind kind)
    {
        Span<byte> text = stackalloc byte[128];
        text[0] = 0;
        if (!Encoding.UTF8.TryGetBytes(name, text[1..^1], out int length))
        {
            return null;
        }

        text[length + 1] = 0;
        int at = Strings.IndexOf(text[..(length + 2)]);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<uint> names = _names.AsSpan(0, _count);
        for (int id = 1; id < _count; id++)
        {
            int next = names[id..].IndexOf((uint)(at + 1));
            if (next < 0)
            {
                return null;
            }

            id += next;
            if (KindOf(id) == kind)
            {
                return id;
            }
        }

        return null;
    }

    private (int Offset, int Type)? MemberOf(int structure, ReadOnlySpan<byte> name, int depth)
    {
        if (depth == 0 || Resolve(structure, throughArrays: true) is not { } type || KindOf(type) is not (Kind.Struct or Kind.Union))
        {
            return null;
        }

        uint info = Word(_octets, _positions[type] + 4);
        bool hasBitSizes = info >> 31 != 0;
        ReadOnlySpan<byte> members = _octets.AsSpan(_positions[type] + TypeHeaderLength, MemberLength * (int)(info & 0xffff));
        for (; members.Length > 0; members = members[MemberLength..])
        {
            uint nameOffset = Word(members, 0);
            uint bits = Word(members, 8);
            bool isBitField = (hasBitSizes && bits >> 24 != 0) || bits % 8 != 0;
            int offset = (int)((hasBitSizes ? bits & 0xffffff : bits) / 8);
            int memberType = (int)Math.Min(Word(members, 4), int.MaxValue);
            if (nameOffset == 0)
            {
                if (MemberOf(memberType, name, depth - 1) is { } inner)
                {
                    return (offset + inner.Offset, inner.Type);
                }
            }
            else if (IsNamed(nameOffset, name))
            {
                return isBitField ? null : (offset, memberType);
            }
        }

        return null;
    }

    private bool IsNamed(uint nameOffset, ReadOnlySpan<byte> name)
        => nameOffset < Strings.Length && Strings[(int)nameOffset..] is var text
            && text.Length > name.Length && text[name.Length] == 0 && text.StartsWith(name);

    /// <summary>Follows names and qualifiers to the type they stand for.</summary>
    private int? Resolve(int id, bool throughArrays)
    {
        for (int depth = 0; depth < MaximumDepth && id > 0 && id < _count; depth++)
        {
            switch (KindOf(id))
            {
                case Kind.Typedef or Kind.Volatile or Kind.Const or Kind.Restrict or Kind.TypeTag:
                    id = (int)Math.Min(SizeOrType(id), int.MaxValue);
                    break;
                case Kind.Array when throughArrays:
                    id = (int)Math.Min(Word(_octets, _positions[id] + TypeHeaderLength), int.MaxValue);
                    break;
                default:
                    return id;
            }
        }

        return null;
    }

    private int? SizeOf(int id, int depth)
    {
        if (depth == 0 || Resolve(id, throughArrays: false) is not { } type)
        {
            return null;
        }

        switch (KindOf(type))
        {
            case Kind.Pointer:
                return 8;
            case Kind.Array:
                int element = (int)Math.Min(Word(_octets, _positions[type] + TypeHeaderLength), int.MaxValue);
                uint elements = Word(_octets, _positions[type] + TypeHeaderLength + 8);
                return SizeOf(element, depth - 1) is { } size && (ulong)elements * (uint)size <= int.MaxValue ? (int)elements * size : null;
            case Kind.Int or Kind.Struct or Kind.Union or Kind.Enum or Kind.Enum64 or Kind.Float:
                return SizeOrType(type) is var octets and <= int.MaxValue ? (int)octets : null;
            default:
                return null;
        }
    }
}
