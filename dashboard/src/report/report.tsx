export default function ReportView({ report }: { readonly report: { readonly id: string } }) {
  return <p>{report.id}</p>;
}
