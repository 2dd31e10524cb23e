namespace TcpLens.Capture;

/// <summary>Something in a capture file that is not as its format has it.</summary>
/// <param name="Offset">Where in the file, in octets (of the uncompressed file).</param>
/// <param name="Packet">The last whole packet before it; 0 for none.</param>
/// <param name="Text">What is wrong and what was done: "a packet of 3,402,160,128 octets; skipped to the next header that makes sense, 4,096 octets on".</param>
public sealed record CaptureDamage(long Offset, long Packet, string Text);
