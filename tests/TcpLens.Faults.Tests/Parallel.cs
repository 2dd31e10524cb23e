// Faults mostly wait for time to pass, each in a namespace of its own.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
