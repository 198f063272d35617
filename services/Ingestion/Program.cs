using Recommender.Hosting;
using Recommender.Ingestion;

return await ServiceHost.RunAsync("ingestion", args, builder => builder.AddIngestion(), app => app.MapIngestion());
