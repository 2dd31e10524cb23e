using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Examinations;

/// <summary>A test's namespace as the examiner knows it.</summary>
internal static class Place
{
    public static NetworkNamespace Of(TestNamespace ns)
        => Assert.Single(new NamespaceFinder().FindAll().Found, found => found.Names.Contains(ns.Name));
}
