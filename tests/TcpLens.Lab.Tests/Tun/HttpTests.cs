using System.Security.Cryptography;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>The example with Kestrel on our stack, and the machine's own curl.</summary>
public sealed class HttpTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tcplens-http-");

    [RootFact]
    public void Curl_fetches_a_hundred_megabytes_and_they_are_the_ones_that_were_served()
    {
        byte[] file = RandomNumberGenerator.GetBytes(100_000_000);
        File.WriteAllBytes(Path.Combine(_folder.FullName, "large"), file);
        using var place = new TestNamespace();
        using (BackgroundProcess server = BackgroundProcess.Start(place, Example("Http"), _folder.FullName))
        {
            Assert.StartsWith("ready", server.Greeting);
            foreach (string address in (string[])["10.7.0.2", "[fd07::2]"])
            {
                string fetched = Path.Combine(_folder.FullName, "fetched");
                place.Execute("curl", "--silent", "--show-error", "--fail", "--max-time", "25", "--output", fetched, $"http://{address}/large").EnsureSuccess();
                Assert.Equal(SHA256.HashData(file), SHA256.HashData(File.ReadAllBytes(fetched)));
            }
        }

        Assert.NotEqual(0, place.Execute("ip", "link", "show", "dev", "lens0").ExitCode);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Example(string name) => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, $"../../{name}/debug/{name}"));
}
