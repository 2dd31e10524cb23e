using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using TcpLens.Linux.Interop;

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
    private const int TypeHeaderWords = 3;  // Name, kind with the number of entries, size or type.
    private const int MemberWords = 3;      // Name, type, place.
    private const int EnumWords = 2;        // Name, number.
    private const int MaximumDepth = 16;   // Deepest nesting and longest typedef chain followed; a loop of types ends here.

    private const int Stride = 16;         // Every 16th type's place is kept; the ones between are walked to.

    private readonly ReadOnlyMemory<byte> _octets;
    private readonly Range _types;
    private readonly Range _strings;
    private readonly int[] _milestones;    // Where types 1, 17, 33, … stand among the words.
    private readonly int _count;

    private BtfFile(ReadOnlyMemory<byte> octets, Range types, Range strings)
    {
        _octets = octets;
        _types = types;
        _strings = strings;
        _milestones = GC.AllocateUninitializedArray<int>((Words.Length / TypeHeaderWords / Stride) + 1);
        _count = Index();
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

    /// <summary>The types: nothing in them is smaller than a word.</summary>
    private ReadOnlySpan<uint> Words => MemoryMarshal.Cast<byte, uint>(_octets.Span[_types]);

    private ReadOnlySpan<byte> Strings => _octets.Span[_strings];

    /// <summary>Reads a BTF file; null when there is none, or when it is not BTF of this machine's byte order.</summary>
    public static BtfFile? TryRead(string path = KernelPath)
        => MappedFile.TryMap(path) is { } mapped ? TryParse(mapped.Memory)
            : SmallFile.ReadSized(path) is { } copied ? TryParse(copied)
            : null;

    /// <summary>The memory belongs to the result from now on.</summary>
    public static BtfFile? TryParse(ReadOnlyMemory<byte> memory)
    {
        ReadOnlySpan<byte> octets = memory.Span;
        if (octets.Length < HeaderLength || BinaryPrimitives.ReadUInt16LittleEndian(octets) != Magic)
        {
            return null;
        }

        uint header = Word(octets, 4);
        return Section(Word(octets, 8), Word(octets, 12)) is { } types && Section(Word(octets, 16), Word(octets, 20)) is { } strings
            ? new BtfFile(memory, types, strings)
            : null;

        Range? Section(uint offset, uint length)
            => (ulong)header + offset + length <= (ulong)memory.Length ? (int)(header + offset)..(int)(header + offset + length) : null;
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

    /// <summary>
    /// The id by which a program attaches to a tracepoint, and how many arguments that has: newer kernels append some. Null when there
    /// is no such tracepoint.
    /// </summary>
    public (uint Id, int Arguments)? Tracepoint(string name)
    {
        // include/trace/bpf_probe.h: typedef void (*btf_trace_NAME)(void *__data, the arguments).
        return Find("btf_trace_" + name, Kind.Typedef) is { } typedef
            && Resolve(typedef, throughArrays: false) is { } pointer && KindOf(pointer) == Kind.Pointer
            && Id(SizeOrType(pointer)) is var prototype && prototype > 0 && prototype < _count && KindOf(prototype) == Kind.Prototype
            ? ((uint)typedef, (int)(Word(prototype, 1) & 0xffff) - 1)
            : null;
    }

    /// <summary>
    /// The names of an enumeration by their numbers, those that begin with the prefix and without it: "TCP_CSUM" for
    /// SKB_DROP_REASON_TCP_CSUM. A number without a name has "", numbers from 512 on are left out, and of two names for one number the
    /// first counts. Null when there is no such enumeration.
    /// </summary>
    public IReadOnlyList<string>? EnumNames(string enumName, string prefix)
    {
        if (Find(enumName, Kind.Enum) is not { } type)
        {
            return null;
        }

        byte[] start = Encoding.UTF8.GetBytes(prefix);
        NamesByNumber names = new();
        ReadOnlySpan<uint> entries = Words.Slice(PositionOf(type) + TypeHeaderWords, EnumWords * (int)(Word(type, 1) & 0xffff));
        for (; !entries.IsEmpty; entries = entries[EnumWords..])
        {
            if (NameAt(entries[0]) is var name && name.StartsWith(start))
            {
                names.Add(entries[1], Encoding.UTF8.GetString(name[start.Length..]));
            }
        }

        return names.All;
    }

    private static uint Word(ReadOnlySpan<byte> octets, int at) => BinaryPrimitives.ReadUInt32LittleEndian(octets[at..]);

    /// <summary>
    /// One pass that notes where the types stand; a type that runs over the end stops it. Returns the number of ids. Id 0 is void and
    /// stands nowhere.
    /// </summary>
    private int Index()
    {
        ReadOnlySpan<uint> words = Words;
        int id = 1;
        int position = 0;
        while (words.Length - position >= TypeHeaderWords && LengthAt(words, position) is var length and > 0 && length <= words.Length - position)
        {
            if ((id - 1) % Stride == 0)
            {
                _milestones[(id - 1) / Stride] = position;
            }

            id++;
            position += length;
        }

        return id;
    }

    private static int LengthAt(ReadOnlySpan<uint> words, int position)
    {
        uint info = words[position + 1];
        return TypeHeaderWords + TrailerWords((Kind)((info >> 24) & 0x1f), (int)(info & 0xffff));
    }

    private int PositionOf(int id)
    {
        ReadOnlySpan<uint> words = Words;
        int position = _milestones[(id - 1) / Stride];
        for (int left = (id - 1) % Stride; left > 0; left--)
        {
            position += LengthAt(words, position);
        }

        return position;
    }

    /// <summary>The type whose header stands there; null when it is the middle of one.</summary>
    private int? IdAt(int position)
    {
        int milestone = _milestones.AsSpan(0, (_count + Stride - 2) / Stride).BinarySearch(position);
        milestone = milestone >= 0 ? milestone : ~milestone - 1;
        for (int id = (milestone * Stride) + 1; milestone >= 0 && id < _count; id++)
        {
            int start = PositionOf(id);
            if (start >= position)
            {
                return start == position ? id : null;
            }
        }

        return null;
    }

    /// <summary>Words after a type's header (Documentation/bpf/btf.rst §2.2). A kind of the future, whose length is unknown, has no length at all.</summary>
    private static int TrailerWords(Kind kind, int entries) => kind switch
    {
        Kind.Int or Kind.Variable or Kind.DeclarationTag => 1,
        Kind.Array => 3,
        Kind.Struct or Kind.Union or Kind.DataSection or Kind.Enum64 => 3 * entries,
        Kind.Enum or Kind.Prototype => 2 * entries,
        >= Kind.Int and <= Kind.Enum64 => 0,
        _ => -TypeHeaderWords,
    };

    /// <summary>A word of a type that is known to have it.</summary>
    private uint Word(int id, int number) => Words[PositionOf(id) + number];

    private Kind KindOf(int id) => (Kind)((Word(id, 1) >> 24) & 0x1f);

    /// <summary>Size in octets, or the type that this one refers to: the kind decides.</summary>
    private uint SizeOrType(int id) => Word(id, 2);

    private int ElementOf(int array) => Id(Word(array, TypeHeaderWords));

    /// <summary>An id as the file has it; one beyond all types is refused where it is followed.</summary>
    private static int Id(uint word) => (int)Math.Min(word, int.MaxValue);

    /// <summary>
    /// Names stand once in the strings, so a name is a number to look for; and everything is made of words, so wherever that word stands
    /// may be the header wanted.
    /// </summary>
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

        ReadOnlySpan<uint> words = Words;
        for (int next, start = 0; (next = words[start..].IndexOf((uint)(at + 1))) >= 0; start += next + 1)
        {
            if (IdAt(start + next) is { } id && KindOf(id) == kind)
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

        uint info = Word(type, 1);
        bool hasBitSizes = info >> 31 != 0;
        ReadOnlySpan<uint> members = Words.Slice(PositionOf(type) + TypeHeaderWords, MemberWords * (int)(info & 0xffff));
        for (; !members.IsEmpty; members = members[MemberWords..])
        {
            uint bits = hasBitSizes ? members[2] & 0xffffff : members[2];
            bool isBitField = bits % 8 != 0 || (hasBitSizes && members[2] >> 24 != 0);
            if (members[0] == 0)
            {
                if (MemberOf(Id(members[1]), name, depth - 1) is { } inner)
                {
                    return ((int)(bits / 8) + inner.Offset, inner.Type);
                }
            }
            else if (IsNamed(members[0], name))
            {
                return isBitField ? null : ((int)(bits / 8), Id(members[1]));
            }
        }

        return null;
    }

    private ReadOnlySpan<byte> NameAt(uint offset)
    {
        ReadOnlySpan<byte> text = offset < Strings.Length ? Strings[(int)offset..] : [];
        int end = text.IndexOf((byte)0);
        return end < 0 ? [] : text[..end];
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
                    id = Id(SizeOrType(id));
                    break;
                case Kind.Array when throughArrays:
                    id = ElementOf(id);
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
                uint elements = Word(type, TypeHeaderWords + 2);
                return SizeOf(ElementOf(type), depth - 1) is { } size && (ulong)elements * (uint)size <= int.MaxValue ? (int)elements * size : null;
            case Kind.Int or Kind.Struct or Kind.Union or Kind.Enum or Kind.Enum64 or Kind.Float:
                return SizeOrType(type) is var octets and <= int.MaxValue ? (int)octets : null;
            default:
                return null;
        }
    }
}
