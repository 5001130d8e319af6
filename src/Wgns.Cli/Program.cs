Console.WriteLine("wgns");
