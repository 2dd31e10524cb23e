using System.Runtime.InteropServices;

namespace TcpLens.Linux;

/// <summary>What a call of the kernel returned: its value, and the errno when that is -1.</summary>
/// <param name="Value">As the manual page has it.</param>
/// <param name="Errno">0 when the call succeeded.</param>
public readonly record struct KernelCall(long Value, int Errno)
{
    internal static KernelCall Of(long value) => new(value, value < 0 ? Marshal.GetLastPInvokeError() : 0);
}
