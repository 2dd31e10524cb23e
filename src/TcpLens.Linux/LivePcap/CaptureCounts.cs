namespace TcpLens.Linux;

/// <summary>What became of the packets that a capture's filter took.</summary>
/// <param name="Received">Packets that the kernel put aside for us, and those for which it had no room.</param>
/// <param name="DroppedByKernel">Those of them for which the ring had no room: they are missing from the capture.</param>
/// <param name="DroppedByInterface">Packets of any kind that the interface lost while the capture ran, where its driver says.</param>
public readonly record struct CaptureCounts(long Received, long DroppedByKernel, long DroppedByInterface);
