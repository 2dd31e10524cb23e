using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Names of the network interfaces of one namespace, as they were when asked. They come from if_nameindex(3), which asks the
/// calling thread's namespace; /sys/class/net would be that of whoever mounted /sys.
/// </summary>
public sealed class InterfaceNames
{
    private readonly Dictionary<uint, string> _names = [];

    private InterfaceNames()
    {
    }

    /// <summary>The interfaces of the calling thread's namespace; none at all when the kernel does not answer.</summary>
    public static unsafe InterfaceNames Read()
    {
        InterfaceNames names = new();
        Libc.IfNameIndex* all = Libc.if_nameindex();
        if (all is not null)
        {
            for (Libc.IfNameIndex* one = all; one->if_index != 0; one++)
            {
                names._names[one->if_index] = Marshal.PtrToStringUTF8((nint)one->if_name) ?? "";
            }

            Libc.if_freenameindex(all);
        }

        return names;
    }

    /// <summary>Null when there is no such interface.</summary>
    public string? NameOf(uint index) => _names.GetValueOrDefault(index);

    /// <summary>Null when there is no such interface.</summary>
    public uint? IndexOf(string name)
    {
        foreach ((uint index, string known) in _names)
        {
            if (known == name)
            {
                return index;
            }
        }

        return null;
    }
}
